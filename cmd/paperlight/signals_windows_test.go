package main

func endBySignal(int) {}
