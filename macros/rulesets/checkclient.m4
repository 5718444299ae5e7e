_SECTION_(`checkclient')
