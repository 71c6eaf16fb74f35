// Package cli is the command line of a program on whorl's engine: the verbs
// run, sweep, report and so on, over the kinds of stages that an [App] brings.
//
//	func main() {
//		cli.Main(cli.App{Name: "poems", Kinds: []stage.Kind{poem.Kind()}})
//	}
package cli
