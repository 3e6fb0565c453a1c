// What share of a processor one thread may use: tokens that come with time and
// go with its work. Times in seconds, of clocks that the caller reads. Not
// thread-safe.
//
// Since the start, and but for what the latest piece of work took beyond what
// was expected of it, no more than share * time was spent; in any span of time
// no more than share * (span + kBurst), likewise. What was taken beyond is paid
// back before the next piece begins.

#ifndef AKIN_SERVER_RECALL_CPU_BUDGET_H_
#define AKIN_SERVER_RECALL_CPU_BUDGET_H_

namespace akin::server {

class CpuBudget {
 public:
  static constexpr double kBurst = 5;  // seconds of tokens that are kept

  CpuBudget(double share, double now) : share_(share), now_(now) {}

  // `cpu` was used until `now`; `pieces` of work, 0 or 1, were done with it.
  void Spend(double cpu, int pieces, double now);

  // How long until a piece of work may begin; 0: it may. Needs what the pieces
  // so far took, on average, or a full bucket.
  double Wait(double now);

  // 0 of a piece: none was done yet.
  double cpu_per_piece() const { return cpu_per_piece_; }
  double spent() const { return spent_; }
  // How full the bucket is, 0..1.
  double fill() const;

 private:
  void Pass(double now);

  const double share_;
  double now_;
  double tokens_ = 0;
  double spent_ = 0;
  double cpu_per_piece_ = 0;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_CPU_BUDGET_H_
