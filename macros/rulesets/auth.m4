_SECTION_(`trust_auth: may an authenticated client speak for another user?')dnl
