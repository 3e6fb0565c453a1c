// Models, versions and labels from the server's facts to the wire's messages.

#ifndef AKIN_SERVER_CONVERT_CATALOG_H_
#define AKIN_SERVER_CONVERT_CATALOG_H_

#include <string>

#include "akin/v1/catalog_service.pb.h"
#include "index/search/searcher.h"
#include "index/table/metric.h"
#include "index/version/labels.h"
#include "server/model_facts.h"
#include "server/shadow.h"
#include "server/version_keeper.h"

namespace akin::server {

v1::Metric MetricToWire(Metric metric);
v1::IndexKind IndexKindToWire(IndexKind kind);

// `labels` are the model's.
void VersionToWire(const VersionFacts& facts, const Labels& labels,
                   v1::ModelVersion* wire);

// Only its name, where the model has no such label.
void LabelToWire(const std::string& name, const ModelFacts& model,
                 const ShadowResult& shadow, v1::Label* wire);

void ModelToWire(const ModelFacts& model, const ShadowResult& shadow,
                 v1::Model* wire);

void PlanToWire(const std::string& model, const LoadPlan& plan,
                v1::PlanLoadResponse* wire);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_CATALOG_H_
