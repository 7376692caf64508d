/**
 * Looks at the files of a store without opening it, whether a server has it open or not: what
 * {@code sierradb verify}, {@code scrub} and {@code repair} do.
 */
@NullMarked
package io.sierra.storage.check;

import org.jspecify.annotations.NullMarked;
