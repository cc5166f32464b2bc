/*
Copyright 2026 The Custom Tasks Authors

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
*/

package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/show"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/utils/clock"
)

// output is what the flags say about the form of a list.
type output struct {
	flags     *genericclioptions.PrintFlags
	noHeaders bool
}

func newOutput() output {
	return output{flags: genericclioptions.NewPrintFlags("")}
}

// formats are those of -o, the usual ones first.
func (o *output) formats() []string {
	formats := []string{"wide", "json", "yaml", "name"}
	for _, format := range o.flags.AllowedFormats() {
		if !slices.Contains(formats, format) {
			formats = append(formats, format)
		}
	}
	return formats
}

func (o *output) addFlags(cmd *cobra.Command) {
	o.flags.AddFlags(cmd)
	cmd.Flags().Lookup("output").Usage = "Form of the list. One of: " + strings.Join(o.formats(), ", ") + "."
	cmd.Flags().BoolVar(&o.noHeaders, "no-headers", false, "Leave out the headers of the table.")
	completeFlag(cmd, "output", cobra.FixedCompletions(o.formats(), cobra.ShellCompDirectiveNoFileComp))
}

// lineUp lines up columns. It remembers their widths from one Flush to the next.
type lineUp interface {
	io.Writer
	Flush() error
}

// printer prints requests in the form that the flags ask for.
type printer struct {
	out        io.Writer
	rows       lineUp
	clock      clock.PassiveClock
	table      printers.ResourcePrinter
	objects    printers.ResourcePrinter // nil for a table
	names      bool                     // nothing but names is printed
	namespaces bool
	wide       bool
}

func (o *output) printer(out io.Writer, clock clock.PassiveClock, namespaces bool) (*printer, error) {
	p := &printer{out: out, clock: clock, namespaces: namespaces}
	format := *o.flags.OutputFormat
	template := *o.flags.TemplatePrinterFlags.TemplateArgument
	if format == "wide" || format == "" && template == "" {
		p.wide, p.rows = format == "wide", printers.GetNewTabWriter(out)
		p.table = printers.NewTablePrinter(printers.PrintOptions{NoHeaders: o.noHeaders})
		return p, nil
	}
	objects, err := o.flags.ToPrinter()
	if genericclioptions.IsNoCompatiblePrinterError(err) {
		err = fmt.Errorf("-o %q must be one of %s", format, strings.Join(o.formats(), ", "))
	}
	p.objects, p.names = objects, format == "name"
	return p, err
}

// complete reports whether a list is printed as one object, also an empty one: as data it is.
func (p *printer) complete() bool { return p.objects != nil && !p.names }

// all prints requests as one list.
func (p *printer) all(requests []v1alpha1.ApprovalRequest) error {
	if !p.complete() {
		return p.each(requests)
	}
	list := &v1alpha1.ApprovalRequestList{Items: make([]v1alpha1.ApprovalRequest, 0, len(requests))}
	setKind(list, "ApprovalRequestList")
	for i := range requests {
		request := requests[i].DeepCopy()
		setKind(request, "ApprovalRequest")
		list.Items = append(list.Items, *request)
	}
	return p.objects.PrintObj(list, p.out)
}

// each prints requests one by one, as a stream may.
func (p *printer) each(requests []v1alpha1.ApprovalRequest) error {
	if p.objects == nil {
		if len(requests) == 0 {
			return nil
		}
		if err := p.table.PrintObj(show.Table(requests, p.clock.Now(), p.namespaces, p.wide), p.rows); err != nil {
			return err
		}
		return p.rows.Flush()
	}
	for i := range requests {
		request := requests[i].DeepCopy()
		setKind(request, "ApprovalRequest")
		if err := p.objects.PrintObj(request, p.out); err != nil {
			return err
		}
	}
	return nil
}

// setKind names the kind, which the client leaves out.
func setKind(obj runtime.Object, kind string) {
	obj.GetObjectKind().SetGroupVersionKind(v1alpha1.SchemeGroupVersion.WithKind(kind))
}
