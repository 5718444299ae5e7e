_SECTION_(`relaying')
