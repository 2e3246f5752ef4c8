// Prometheus' text format, read as strictly as a scraper that wants to find
// fault could.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace segue::test {

using MetricLabels = std::map<std::string, std::string>;

class Exposition {
 public:
  // Throws std::runtime_error naming the line on anything that the format or
  // Prometheus' naming rules forbid: a family without HELP and TYPE, families
  // interleaved, a series twice, a counter not named _total, a histogram whose
  // buckets do not add up.
  explicit Exposition(const std::string& text);

  // nullopt: no such series.
  std::optional<double> Value(const std::string& name,
                              const MetricLabels& labels = {}) const;
  // The value of one label over the series that have 1: of a set of states.
  std::vector<std::string> Active(const std::string& name,
                                  const std::string& label) const;
  // Family to type.
  const std::map<std::string, std::string>& types() const { return types_; }

 private:
  struct Series {
    std::string name;
    MetricLabels labels;
    double value = 0;
  };

  void ReadComment(const std::string& line);
  void ReadSample(const std::string& line);
  std::string FamilyOf(const std::string& name) const;
  void CheckHistograms() const;
  void CheckBuckets(const std::string& family, const Series& count) const;

  std::map<std::string, std::string> helps_;
  std::map<std::string, std::string> types_;
  std::vector<Series> series_;
  std::string family_;  // whose samples are being read
};

}  // namespace segue::test
