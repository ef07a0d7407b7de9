//gosched:get github.com/spf13/cobra@v1.10.2
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() {
	var upper bool
	var times int
	root := &cobra.Command{Use: "app", Short: "An application", SilenceUsage: true}
	echo := &cobra.Command{
		Use: "echo [words]", Short: "Say it again", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			if upper {
				text = strings.ToUpper(text)
			}
			for range times {
				fmt.Fprintln(cmd.OutOrStdout(), text)
			}
			return nil
		},
	}
	echo.Flags().BoolVarP(&upper, "upper", "u", false, "in capitals")
	echo.Flags().IntVarP(&times, "times", "n", 1, "how often")
	root.AddCommand(echo)
	root.SetOut(os.Stdout)
	root.SetErr(os.Stdout)
	for _, args := range [][]string{{"echo", "-u", "-n", "2", "hello", "there"}, {"echo"}, {"--help"}, {"echo", "--help"}, {"eco"}, {"echo", "--bad", "x"}} {
		root.SetArgs(args)
		fmt.Println(args, "=>", root.Execute())
	}
}
