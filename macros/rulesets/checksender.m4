_SECTION_(`checksender')
