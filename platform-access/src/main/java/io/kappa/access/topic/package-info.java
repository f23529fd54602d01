/** The platform's own topics on a cluster. The door is {@code PlatformTopics}. */
@NullMarked
package io.kappa.access.topic;

import org.jspecify.annotations.NullMarked;
