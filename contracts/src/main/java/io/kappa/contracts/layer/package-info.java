/** How layers and their versions are named, and what a function has of them. The doors are {@code LayerVersionArn} and {@code FunctionLayer}. */
@NullMarked
package io.kappa.contracts.layer;

import org.jspecify.annotations.NullMarked;
