/**
 * What functions have used, added up for each function and day by Kafka Streams, and what that would cost. The doors are {@code UsageStream}
 * and {@code UsageControl}.
 */
@NullMarked
package io.kappa.router.usage;

import org.jspecify.annotations.NullMarked;
