// Work beside what is served: loads, builds, comparisons.

#ifndef AKIN_SERVER_GIVE_WAY_H_
#define AKIN_SERVER_GIVE_WAY_H_

namespace akin::server {

// The calling thread, and those that it starts, give way to the ones that serve
// from now on: a tenth of their share of a processor, and no longer than a
// slice of 0.1 ms on it before one that wakes (Linux 6.12 and later; before,
// that is the system's choice). Not less than that: a thread that never runs
// would keep the locks that it holds.
void GiveWay();

}  // namespace akin::server

#endif  // AKIN_SERVER_GIVE_WAY_H_
