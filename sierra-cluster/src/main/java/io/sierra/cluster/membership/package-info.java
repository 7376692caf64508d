/** Which nodes hold which partition: pure functions. */
@NullMarked
package io.sierra.cluster.membership;

import org.jspecify.annotations.NullMarked;
