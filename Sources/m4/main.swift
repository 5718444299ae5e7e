// main.swift: the m4 command, a drop-in for GNU m4.

M4Command.run()
