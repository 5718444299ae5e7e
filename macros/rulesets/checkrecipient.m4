_SECTION_(`check_rcpt')
