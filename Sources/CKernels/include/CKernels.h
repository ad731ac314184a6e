#ifndef CKERNELS_H
#define CKERNELS_H
#include "target.h"
#include "convolution.h"
#include "depthwise.h"
#include "pool.h"
#endif
