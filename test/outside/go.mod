// Packing the checkout takes a module that the SDK has no use for, so it is done in a module of its own.
module github.com/customtasks/customtasks/test/outside

go 1.26.0

require golang.org/x/mod v0.37.0
