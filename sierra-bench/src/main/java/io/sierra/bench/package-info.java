/** Benchmarks of the parts that every request passes; {@code bench/jmh.sh} runs them. */
@NullMarked
package io.sierra.bench;

import org.jspecify.annotations.NullMarked;
