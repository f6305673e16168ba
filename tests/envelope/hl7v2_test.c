#include "tests/base/suite.h"
int main(void){return 0;}
