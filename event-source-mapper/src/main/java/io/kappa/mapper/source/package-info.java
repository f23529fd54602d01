/** How the clusters are reached that sources are on. The door is {@code Clusters}. */
@NullMarked
package io.kappa.mapper.source;

import org.jspecify.annotations.NullMarked;
