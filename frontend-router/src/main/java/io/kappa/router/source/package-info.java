/** The topics of the platform's cluster that event source mappings read. The door is {@code SourceTopics}. */
@NullMarked
package io.kappa.router.source;

import org.jspecify.annotations.NullMarked;
