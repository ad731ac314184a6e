// How a command ends where memory cannot be had. A program that is linked with this has its `malloc`; a library is not.
#ifndef CSHORTAGE_H
#define CSHORTAGE_H

// From now on the process ends with status 1 and one line, which names the request.
void shortage_ends_with_line(void);

#endif
