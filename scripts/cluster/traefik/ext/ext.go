// Package ext stands for a module that traefik's published sources lack: options that an extended edition adds.
package ext

// HTTP has no options.
type HTTP struct{}

// Router has no options.
type Router struct{}
