_SECTION_(`access')
