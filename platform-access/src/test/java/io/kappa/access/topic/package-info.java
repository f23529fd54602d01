@NullMarked
package io.kappa.access.topic;

import org.jspecify.annotations.NullMarked;
