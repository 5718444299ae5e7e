_SECTION_(`auth')
