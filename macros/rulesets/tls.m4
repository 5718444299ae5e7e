_SECTION_(`tls')
