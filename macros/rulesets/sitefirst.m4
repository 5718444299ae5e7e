R$*			$: < $1 > $| $>"_SITE_RULESET_" $1	rules of this site
R< $* > $| $#$*		$#$2
R< $* > $| $*		$: $1
