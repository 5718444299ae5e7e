_SECTION_(`checkrecipient')
