import TestMode
