// Reads the text format of Prometheus as strictly as a scraper could.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace segue::test {

using MetricLabels = std::map<std::string, std::string>;

class Exposition {
 public:
  // Throws std::runtime_error, which names the line, for anything that the
  // format or Prometheus' naming rules forbid: a family without HELP and TYPE,
  // interleaved families, a series that occurs twice, a counter whose name does
  // not end in _total, a histogram whose buckets do not add up.
  explicit Exposition(const std::string& text);

  // Returns nullopt when there is no such series.
  std::optional<double> Value(const std::string& name,
                              const MetricLabels& labels = {}) const;
  // Returns the values of one label over the series that have the value 1,
  // which form a set of states.
  std::vector<std::string> Active(const std::string& name,
                                  const std::string& label) const;
  // The type of each family.
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
