#include "server/recall/cpu_budget.h"

#include <algorithm>

namespace akin::server {

void CpuBudget::Pass(double now) {
  // A clock that is set back brings nothing.
  tokens_ += share_ * std::max(0.0, now - now_);
  tokens_ = std::min(tokens_, share_ * kBurst);
  now_ = std::max(now_, now);
}

void CpuBudget::Spend(double cpu, int pieces, double now) {
  constexpr double kLatest = 0.1;  // its weight in the mean
  Pass(now);
  tokens_ -= cpu;
  spent_ += cpu;
  if (pieces == 0) return;
  cpu_per_piece_ = cpu_per_piece_ == 0
                       ? cpu
                       : cpu_per_piece_ + kLatest * (cpu - cpu_per_piece_);
}

double CpuBudget::Wait(double now) {
  Pass(now);
  const double needed = std::min(cpu_per_piece_, share_ * kBurst);
  return tokens_ >= needed ? 0 : (needed - tokens_) / share_;
}

double CpuBudget::fill() const {
  return std::clamp(tokens_ / (share_ * kBurst), 0.0, 1.0);
}

}  // namespace akin::server
