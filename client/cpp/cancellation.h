// Ends calls that wait for their answer in another thread.
#ifndef AKIN_CLIENT_CPP_CANCELLATION_H_
#define AKIN_CLIENT_CPP_CANCELLATION_H_

#include <functional>
#include <list>
#include <mutex>

namespace akin::client {

// Thread-safe.
class Cancellation {
 public:
  // The calls made with it end at once and fail with CANCELLED, those that run
  // and all later ones.
  void Cancel();
  bool cancelled() const;

  // For the client itself: a call that runs. `end` is called at most once, by
  // the thread that cancels, while the object lives.
  class Call {
   public:
    Call(Cancellation& cancellation, std::function<void()> end);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Cancellation& cancellation_;
    std::list<std::function<void()>>::iterator position_;
  };

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;
  std::list<std::function<void()>> running_;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_CANCELLATION_H_
