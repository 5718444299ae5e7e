`abc

