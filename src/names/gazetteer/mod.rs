//! The lists of names, compiled into one automaton, and the entities behind them.
