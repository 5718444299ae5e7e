format(`%d %5s|%-5s|%x %%',12,ab,cd,255) format(`%*d|%.3s|%c|%5.2f|%s',5,3,abcdef,x,1.5)
format(`%z') format(`%d',x) format() format(`%d') format(`%s') format(`%d',1,2) format(`%05d|%+d|% d|%#x|%-6d|',3,4,5,6,7)
format(`%e %g %G %a',1.5,2.5,1e10,1) format(`%hd %hhd %ld %lld',70000,300,5,6) format(`%.*f',2,3.14159) format(`%-*d|',5,3) format(`%*d|',-5,3)
format(`%o %X %u %i',8,255,-1,3) format(`%10.3d|',5) format(`%c',) format(`%s %s',a) format format(`%1$s',a) format(`%')
len(format(`%16777217d', 1)) len(format(`%.16777218f', 1)) len(format(`%4294967299d', 1)) format(`%4294967293d|', 1)
format(`%.4294967298s|%.4294967295s', `abcdef', `abcdef')
<format(`%2147483648d', 1)><format(`%2147483647s', x)><format(`%.2147483647d', 1)><format(`%-*d', -2147483648, 1)>
