define(`a',`b
