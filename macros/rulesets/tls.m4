_SECTION_(`TLS: what is demanded of the other side')dnl
Stls_client
Stls_server
Stls_rcpt
Stry_tls
Ssrv_features
Sclt_features
SRelayTLS
R$*			$@ NO
STLS_connection
