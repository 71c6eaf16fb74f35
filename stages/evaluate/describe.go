package evaluate

import "whorl/pipeline/stage"

// metrics describes what the stage measures. The EER is the primary metric: it
// needs no threshold, both kinds of error count in it, and verification
// systems are compared by it. The AUC saturates where the EER still moves.
func metrics() []stage.MetricInfo {
	return []stage.MetricInfo{
		{Name: "eer", Title: "Equal error rate", Unit: "%", Goal: stage.Minimize, Primary: true, Doc: "the rate at which FMR and FNMR are equal"},
		{Name: "roc_auc", Title: "ROC AUC", Goal: stage.Maximize, Doc: "the probability that a genuine pair scores higher than an impostor pair"},
		{Name: "average_precision", Title: "Average precision", Goal: stage.Maximize, Doc: "precision averaged over the rise in recall"},
		{Name: "threshold", Title: "Threshold", Doc: "a score of at least this is a match"},
		{Name: "accuracy", Title: "Accuracy", Unit: "%", Goal: stage.Maximize, Doc: "share of the pairs told right"},
		{Name: "precision", Title: "Precision", Unit: "%", Goal: stage.Maximize, Doc: "share of genuine pairs among the matches"},
		{Name: "recall", Title: "Recall", Unit: "%", Goal: stage.Maximize, Doc: "share of matches among the genuine pairs, 1 - FNMR"},
		{Name: "f1", Title: "F1", Goal: stage.Maximize, Doc: "harmonic mean of precision and recall"},
		{Name: "fmr", Title: "False match rate (FMR)", Unit: "%", Goal: stage.Minimize, Doc: "share of matches among the impostor pairs"},
		{Name: "fnmr", Title: "False non-match rate (FNMR)", Unit: "%", Goal: stage.Minimize, Doc: "share of non-matches among the genuine pairs"},
		{Name: "tp", Title: "Genuine pairs matched", Goal: stage.Maximize},
		{Name: "fp", Title: "Impostor pairs matched", Goal: stage.Minimize},
		{Name: "tn", Title: "Impostor pairs not matched", Goal: stage.Maximize},
		{Name: "fn", Title: "Genuine pairs not matched", Goal: stage.Minimize},
		{Name: "log_loss", Title: "Log loss", Unit: "nats", Goal: stage.Minimize, Doc: "mean negative log-likelihood, scores taken for probabilities"},
		{Name: "ece", Title: "Expected calibration error", Goal: stage.Minimize, Doc: "mean distance of scores, taken for probabilities, from the share of genuine pairs"},
		{Name: "brier", Title: "Brier score", Goal: stage.Minimize, Doc: "mean squared distance of scores, taken for probabilities, from the truth"},
		{Name: "rank1", Title: "Rank-1 identification rate", Unit: "%", Goal: stage.Maximize, Doc: "searches of the gallery that find the mate first"},
		{Name: "rank5", Title: "Rank-5 identification rate", Unit: "%", Goal: stage.Maximize, Doc: "searches of the gallery that find the mate among the first five"},
		{Name: "fpir", Title: "False positive identification rate (FPIR)", Unit: "%", Goal: stage.Minimize, Doc: "searches by people who are not enrolled that return anything"},
		{Name: "dir", Title: "Detection and identification rate (DIR)", Unit: "%", Goal: stage.Maximize, Doc: "searches that return the mate, first and at the threshold"},
		{Name: "fte", Title: "Failure to enrol rate (FTE)", Unit: "%", Goal: stage.Minimize, Doc: "files of the gallery that were refused"},
		{Name: "fta", Title: "Failure to acquire rate (FTA)", Unit: "%", Goal: stage.Minimize, Doc: "files of the probes that were refused"},
		{Name: "same_subject.pairs", Title: "Pairs of one person's different fingers", Doc: "left out of the figures with pairs all, among the impostors with sampled ones"},
	}
}
