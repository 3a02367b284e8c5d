package browsertests

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	program  = flag.String("paperlight", "../bin/paperlight", "the program that serves the page")
	pictures = flag.String("pictures", "", "folder for a picture of every page; none are taken without")
)

// browser is the one browser of all tests; each has a tab of its own, which shares
// nothing with the others.
var browser context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	chromium, err := exec.LookPath(cmp.Or(os.Getenv("CHROMIUM"), "chromium"))
	if err != nil {
		fmt.Println("there is no chromium: install it (apt-get install chromium), or name it: make browser CHROMIUM=/path/of/chromium")
		return 1
	}
	if *program, err = filepath.Abs(*program); err == nil {
		_, err = os.Stat(*program)
	}
	if err == nil {
		_, err = os.Stat(axeFile)
	}
	if err != nil {
		fmt.Printf("%v: run make browser, which makes it\n", err)
		return 1
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"), // nothing is there to ask
		chromedp.Flag("lang", "en-GB"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	var closed context.CancelFunc
	browser, closed = chromedp.NewContext(allocator)
	defer closed()
	if err := chromedp.Do(browser); err != nil {
		fmt.Printf("%s does not start: %v\n", chromium, err)
		return 1
	}
	return m.Run()
}
