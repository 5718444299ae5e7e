define(`foo',HIT)include(fo.txt)o
define(`x',`fo')x()o x`'o
