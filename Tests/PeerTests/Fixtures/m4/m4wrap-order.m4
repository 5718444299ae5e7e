m4wrap(`a
')m4wrap(`b
')m4wrap(`c', `m4wrap(`later
')')x
