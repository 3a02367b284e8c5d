package area

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
)

const head = "practice,area,list size,invited,declined,go-live,uploads,spend\n"

func TestReadTakesTheFileAsPeopleSaveIt(t *testing.T) {
	t.Parallel()
	b, err := Read([]byte("\ufeffArea,Practice,List_Size,INVITED,Declined,Go Live,Uploads,Spend,As of\r\n" +
		"\"North, upper\", a81002 ,2000,2011-02-01,no,2011-05-04,1900,1250.50,2012-03-31\r\n" +
		"north,A81001,,,yes,,,0,2012-03-31\r\n" +
		"NORTH,A81003,1000,no,,,0,,2012-03-31\r\n\r\n"))
	require.NoError(t, err)
	require.Equal(t, calendar.Date(2012, 3, 31), *b.AsOf)
	day := calendar.Date(2011, 5, 4)
	require.Equal(t, []Practice{
		{Code: "A81001", Area: "north", Decline: Yes, Spend: counted(0)},
		{Code: "A81002", Area: "North, upper", List: counted(2000), Invited: Yes, Decline: No, GoLive: &day, Uploads: counted(1900), Spend: counted(125050)},
		{Code: "A81003", Area: "north", List: counted(1000), Invited: No, Uploads: counted(0)},
	}, b.Practices)
}

func TestReadRefusesWithThePositionAndTheCure(t *testing.T) {
	t.Parallel()
	line := func(cells string) string {
		return head + "A81001,North,2000,yes,no,2011-05-04,1900,1250\n" + cells + "\n"
	}
	for name, one := range map[string]struct{ text, says, cure string }{
		"nothing":                {"", "the file is empty", "the first line is"},
		"headings alone":         {head, "there is no practice", "a line for each"},
		"semicolons":             {strings.ReplaceAll(head, ",", ";"), "line 1, column 1", "not semicolons"},
		"another heading":        {strings.Replace(head, "area", "postcode", 1), "line 1, column 2: the heading is none", "take other columns out"},
		"a heading twice":        {strings.Replace(head, "area", "practice", 1), `there are two columns "practice"`, "take one"},
		"a column that is not":   {strings.Replace(head, ",spend", "", 1), `want 1 further column: "spend"`, "stays empty"},
		"UTF-16":                 {"\xff\xfep\x00", "want text in UTF-8", "CSV UTF-8"},
		"Latin 1":                {head + "A81001,H\xf4pital,1,yes,no,,0,0\n", "want text in UTF-8", "CSV UTF-8"},
		"a quote":                {line(`A81002,"North,1,yes,no,,0,0`), "line 3: the quotes", "before and after"},
		"a thousand with comma":  {line("A81002,North,2,000,yes,no,,0,0"), "line 3: want 8 cells", "1234 for 1,234"},
		"the same, quoted":       {line(`A81002,North,"2,000",yes,no,,0,0`), "line 3, list size: want a whole number", "1234 for 1,234"},
		"a decimal comma":        {line(`A81002,North,2000,yes,no,,0,"12,50"`), "line 3, spend: want pounds", "12.50 for 12,50"},
		"a pound sign":           {line("A81002,North,2000,yes,no,,0,£12"), "line 3, spend", "sign of the currency"},
		"one digit of pence":     {line("A81002,North,2000,yes,no,,0,12.5"), "line 3, spend: want two digits", "1250.50"},
		"below nothing":          {line("A81002,North,2000,yes,no,,-5,0"), "line 3, uploads", "below 0"},
		"spend below nothing":    {line("A81002,North,2000,yes,no,,5,-1"), "line 3, spend", "below 0"},
		"a fraction of a person": {line("A81002,North,2000,yes,no,,5.5,0"), "line 3, uploads", "digits alone"},
		"too many people":        {line("A81002,North,20000000,yes,no,,5,0"), "line 3, list size: want at most 10,000,000", "one practice"},
		"far too many":           {line("A81002,North,99999999999999999999,yes,no,,5,0"), "line 3, list size", "digits alone"},
		"a day of another land":  {line("A81002,North,2000,yes,no,04/05/2011,5,0"), "line 3, go-live: want a date", "2012-03-31"},
		"perhaps":                {line("A81002,North,2000,perhaps,no,,5,0"), "line 3, invited: want yes or no", "empty"},
		"a practice twice":       {line("a81001,North,2000,yes,no,,5,0"), "line 3, practice: it stands in line 2 too", "one line"},
		"a name for a code":      {line("The Surgery,North,2000,yes,no,,5,0"), "line 3, practice: want the code", "not its name"},
		"no area":                {line("A81002,,2000,yes,no,,5,0"), "line 3, area", "same name"},
		"a formula":              {line("=1+1,North,2000,yes,no,,5,0"), "line 3, practice", "ODS code"},
		"a hidden character":     {line("A81002,No\u202erth,2000,yes,no,,5,0"), "line 3, area", "same name"},
		"a long area":            {line("A81002," + strings.Repeat("x", 61) + ",2000,yes,no,,5,0"), "line 3, area", "same name"},
		"two days": {strings.Replace(head, "spend", "spend,as of", 1) + "A81001,N,1,yes,no,,0,0,2012-03-31\nA81002,N,1,yes,no,,0,0,2012-04-01\n",
			"line 3, as of: want the same day", "--as-of"},
		"a huge file": {strings.Repeat(" ", MaxFile+1), "at most 16 MB", "the guide"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read([]byte(one.text))
			var fault *Fault
			require.ErrorAs(t, err, &fault)
			require.Contains(t, fault.Says, one.says)
			require.Contains(t, fault.Cure, one.cure)
		})
	}
}

// No message holds what a cell says.
func TestFaultsHoldNoValue(t *testing.T) {
	t.Parallel()
	good := []string{"A81002", "North", "2000", "yes", "no", "2011-05-04", "1900", "12"}
	for i := range good {
		cells := append([]string{}, good...)
		cells[i] = "SECRET\u202e 943"
		_, err := Read([]byte(head + strings.Join(cells, ",") + "\n"))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "SECRET")
		require.NotContains(t, err.(*Fault).Cure, "SECRET")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(head + "A81001,North,2000,yes,no,2011-05-04,1900,1250\n")
	f.Add(head + "A81001,\"No\nrth\",2000,yes,no,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Read([]byte(text))
		if err != nil {
			var fault *Fault
			require.ErrorAs(t, err, &fault)
			return
		}
		require.NotEmpty(t, b.Practices)
	})
}
