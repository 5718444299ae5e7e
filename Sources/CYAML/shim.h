// libyaml 0.2 of libyaml-dev, as Swift sees it. Only YAML imports it.
#include <yaml.h>
