import Rulesets
