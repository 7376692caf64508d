/** A node: its partitions, who writes them and how they are replicated. */
@NullMarked
package io.sierra.cluster;

import org.jspecify.annotations.NullMarked;
