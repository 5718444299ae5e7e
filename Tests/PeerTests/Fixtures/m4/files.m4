include(nosuch) sinclude(nosuch) undivert(nosuch) undivert(fo.txt) include() include(`.')
include include(fo.txt,x) sinclude sinclude()
