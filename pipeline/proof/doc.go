// Package proof holds the engine to what it promises, with the real command:
//
//   - TestStaleness replays a corpus of mutations, testdata/staleness at the top
//     of the repository, one script a topic. After each it compares the stages
//     that ran with those that had to, and with what "whorl status" had
//     foretold. "make staleness" prints the table.
//   - TestKillTraining kills a run of the whole experiment at random moments.
//   - TestProcesses lets many processes share one store.
//
// With WHORL_LONG=1 they take their long forms.
package proof
