//! One TensorFlow operation at a time.

use super::ConvertError;
use super::graph::{Graph, Node};
use super::onnx::Attribute::{Int, Ints};
use super::tensor::{Kernel, Tensor};
use super::translate::{Builder, Computed};

/// Translates the node called `name`; what it reads has been translated before.
///
/// # Errors
/// [`ConvertError::Unsupported`] for operations that the face models do not use.
pub(super) fn operator(graph: &Graph, builder: &mut Builder, name: &str) -> Result<Computed, ConvertError> {
    let node = graph.node(name)?;
    let step = Step { graph, node };
    match node.operation.as_str() {
        "Placeholder" => step.placeholder(builder),
        "Identity" => Ok(builder.unary("Identity", &step.input(builder, 0)?)),
        "Relu" => Ok(builder.unary("Relu", &step.input(builder, 0)?)),
        "Sigmoid" => Ok(builder.unary("Sigmoid", &step.input(builder, 0)?)),
        "Conv2D" | "_FusedConv2D" => step.convolution(builder),
        "DepthwiseConv2dNative" => step.depthwise(builder),
        "Add" | "AddV2" => step.elementwise(builder, "Add"),
        "Mul" => step.elementwise(builder, "Mul"),
        "Minimum" => step.bound(builder, Bound::Upper),
        "Maximum" => step.bound(builder, Bound::Lower),
        "Prelu" => step.prelu(builder),
        "MaxPool" => step.max_pool(builder),
        "Pad" => step.pad(builder),
        "Reshape" => step.reshape(builder),
        "Mean" => step.mean(builder),
        other => Err(ConvertError::Unsupported(format!("operation {other}"))),
    }
}

/// The node at hand.
struct Step<'a> {
    graph: &'a Graph,
    node: &'a Node,
}

/// Which side of a value a constant limits.
enum Bound {
    Lower,
    Upper,
}

/// Where a window lies on the image.
struct Window {
    kernel: [usize; 2],
    strides: [usize; 2],
    pads: [usize; 4],
    size: [usize; 2],
}

impl Step<'_> {
    fn input(&self, builder: &Builder, index: usize) -> Result<Computed, ConvertError> {
        let name = self.node.inputs.get(index).ok_or_else(|| self.shape_error("an input is missing"))?;
        builder.value(name)
    }

    fn image(&self, builder: &Builder) -> Result<(Computed, [usize; 4]), ConvertError> {
        let value = self.input(builder, 0)?;
        let shape = value.shape.as_slice().try_into().map_err(|_| self.shape_error("no image"))?;
        Ok((value, shape))
    }

    fn shape_error(&self, what: &str) -> ConvertError {
        ConvertError::Shape(format!("{}: {what}", self.node.operation))
    }

    fn placeholder(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        match self.node.shape()?.as_slice() {
            [batch, height, width, channels] => Ok(builder.input(vec![*batch, *channels, *height, *width])),
            _ => Err(self.shape_error("no image")),
        }
    }

    fn convolution(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        let kernel = self.graph.constant_input(self.node, 1)?.convolution_kernel()?;
        let fused = self.node.texts("fused_ops")?;
        let fused: Vec<&str> = fused.iter().map(String::as_str).collect();
        let bias = if fused.is_empty() { None } else { Some(self.graph.constant_input(self.node, 2)?) };
        match fused.as_slice() {
            [] | ["BiasAdd"] => self.convolve(builder, &kernel, bias, 1),
            ["BiasAdd", "Relu"] => {
                let sum = self.convolve(builder, &kernel, bias, 1)?;
                Ok(builder.unary("Relu", &sum))
            }
            ["BiasAdd", "Prelu"] => {
                let sum = self.convolve(builder, &kernel, bias, 1)?;
                sloped(builder, &sum, self.graph.constant_input(self.node, 3)?)
            }
            other => Err(ConvertError::Unsupported(format!("convolution fused with {other:?}"))),
        }
    }

    fn depthwise(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        let (_, [_, channels, ..]) = self.image(builder)?;
        let kernel = self.graph.constant_input(self.node, 1)?.depthwise_kernel()?;
        self.convolve(builder, &kernel, None, channels)
    }

    fn convolve(
        &self,
        builder: &mut Builder,
        kernel: &Kernel,
        bias: Option<&Tensor>,
        group: usize,
    ) -> Result<Computed, ConvertError> {
        let (image, [batch, channels, height, width]) = self.image(builder)?;
        let [output, per_group, kernel_height, kernel_width] = kernel.shape;
        if per_group * group != channels {
            return Err(self.shape_error("the kernel has another number of channels"));
        }
        if self.node.integers("dilations")?.iter().any(|step| *step != 1) {
            return Err(ConvertError::Unsupported("dilated convolution".to_owned()));
        }
        let window = self.window([height, width], [kernel_height, kernel_width])?;
        let mut inputs = vec![image.name, builder.floats(&kernel.shape, &kernel.values)];
        if let Some(bias) = bias {
            inputs.push(builder.floats(&bias.shape, bias.floats()?));
        }
        let name = builder.fresh();
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let attributes = [
            ("dilations", Ints(vec![1, 1])),
            ("group", Int(group)),
            ("kernel_shape", Ints(window.kernel.to_vec())),
            ("pads", Ints(window.pads.to_vec())),
            ("strides", Ints(window.strides.to_vec())),
        ];
        builder.node("Conv", &inputs, &name, &attributes);
        Ok(Computed { name, shape: vec![batch, output, window.size[0], window.size[1]] })
    }

    fn max_pool(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        let (image, [batch, channels, height, width]) = self.image(builder)?;
        let kernel = self.spatial("ksize")?;
        let window = self.window([height, width], kernel)?;
        let name = builder.fresh();
        let attributes = [
            ("kernel_shape", Ints(window.kernel.to_vec())),
            ("pads", Ints(window.pads.to_vec())),
            ("strides", Ints(window.strides.to_vec())),
        ];
        builder.node("MaxPool", &[&image.name], &name, &attributes);
        Ok(Computed { name, shape: vec![batch, channels, window.size[0], window.size[1]] })
    }

    /// Height and width of a per-axis attribute; batch and channels must not be stepped over.
    fn spatial(&self, name: &str) -> Result<[usize; 2], ConvertError> {
        match self.node.integers(name)?.as_slice() {
            [1, height, width, 1] if *height > 0 && *width > 0 => Ok([*height, *width]),
            other => Err(ConvertError::Unsupported(format!("{name} {other:?}"))),
        }
    }

    /// TensorFlow's two ways of padding; an odd remainder goes to the bottom and the right.
    fn window(&self, size: [usize; 2], kernel: [usize; 2]) -> Result<Window, ConvertError> {
        if self.node.text("data_format")? != "NHWC" {
            return Err(ConvertError::Unsupported("channels first".to_owned()));
        }
        let strides = self.spatial("strides")?;
        let padding = self.node.text("padding")?;
        let axis = |axis: usize| match padding.as_str() {
            "SAME" => {
                let result = size[axis].div_ceil(strides[axis]);
                let reach = (result - 1) * strides[axis] + kernel[axis];
                Ok((result, reach.saturating_sub(size[axis])))
            }
            "VALID" if size[axis] >= kernel[axis] => Ok(((size[axis] - kernel[axis]) / strides[axis] + 1, 0)),
            "VALID" => Err(self.shape_error("the window is larger than the image")),
            other => Err(ConvertError::Unsupported(format!("padding {other}"))),
        };
        let ((height, vertical), (width, horizontal)) = (axis(0)?, axis(1)?);
        let pads = [vertical / 2, horizontal / 2, vertical - vertical / 2, horizontal - horizontal / 2];
        Ok(Window { kernel, strides, pads, size: [height, width] })
    }

    /// Both operands computed, or the second one a constant per channel or a single value.
    fn elementwise(&self, builder: &mut Builder, operator: &str) -> Result<Computed, ConvertError> {
        let left = self.input(builder, 0)?;
        let constant = self.node.inputs.get(1).and_then(|name| self.graph.constant(name));
        let Some(constant) = constant else {
            let right = self.input(builder, 1)?;
            if right.shape != left.shape {
                return Err(self.shape_error("operands differ"));
            }
            let name = builder.fresh();
            builder.node(operator, &[&left.name, &right.name], &name, &[]);
            return Ok(Computed { name, shape: left.shape });
        };
        with_constant(builder, operator, &left, constant)
    }

    /// A limit that is the same for all values: engines run `Clip` in place, `Min` and `Max` with broadcasting.
    fn bound(&self, builder: &mut Builder, bound: Bound) -> Result<Computed, ConvertError> {
        let value = self.input(builder, 0)?;
        let limit = self.graph.constant_input(self.node, 1)?;
        let [limit] = limit.floats()? else { return Err(self.shape_error("one limit expected")) };
        let name = builder.fresh();
        let limit = builder.floats(&[], &[*limit]);
        let inputs = match bound {
            Bound::Lower => vec![value.name.as_str(), &limit],
            Bound::Upper => vec![value.name.as_str(), "", &limit],
        };
        builder.node("Clip", &inputs, &name, &[]);
        Ok(Computed { name, shape: value.shape })
    }

    fn prelu(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        sloped(builder, &self.input(builder, 0)?, self.graph.constant_input(self.node, 1)?)
    }

    fn pad(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        let (image, shape) = self.image(builder)?;
        let margins = self.graph.constant_input(self.node, 1)?.integers()?;
        let [n0, n1, h0, h1, w0, w1, c0, c1] = margins else { return Err(self.shape_error("four pairs expected")) };
        let begin_end = [*n0, *c0, *h0, *w0, *n1, *c1, *h1, *w1];
        let margin = |axis: usize| usize::try_from(begin_end[axis] + begin_end[axis + 4]).ok();
        let padded = (0..4).map(|axis| margin(axis).map(|margin| shape[axis] + margin)).collect::<Option<_>>();
        let shape = padded.ok_or_else(|| self.shape_error("negative padding"))?;
        let name = builder.fresh();
        let pads = builder.integers(&begin_end);
        builder.node("Pad", &[&image.name, &pads], &name, &[]);
        Ok(Computed { name, shape })
    }

    fn reshape(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        let value = channels_last(builder, self.input(builder, 0)?);
        let count: usize = value.shape.iter().product();
        let wanted = self.graph.constant_input(self.node, 1)?.integers()?;
        let known: usize = wanted.iter().filter_map(|size| usize::try_from(*size).ok()).product();
        // One size may be open (-1): what the others leave.
        let size = |size: &i64| usize::try_from(*size).unwrap_or(count / known.max(1));
        let shape: Vec<usize> = wanted.iter().map(size).collect();
        if shape.iter().product::<usize>() != count {
            return Err(self.shape_error("another number of values"));
        }
        if shape.len() > 3 {
            return Err(ConvertError::Unsupported("reshape to an image".to_owned()));
        }
        let name = builder.fresh();
        let sizes: Vec<i64> = shape.iter().map(|size| *size as i64).collect();
        let sizes = builder.integers(&sizes);
        builder.node("Reshape", &[&value.name, &sizes], &name, &[]);
        Ok(Computed { name, shape })
    }

    /// The mean over height and width: one value per channel.
    fn mean(&self, builder: &mut Builder) -> Result<Computed, ConvertError> {
        let (image, [batch, channels, ..]) = self.image(builder)?;
        let axes = self.graph.constant_input(self.node, 1)?.integers()?;
        if axes != [1, 2] || self.node.flag("keep_dims") {
            return Err(ConvertError::Unsupported(format!("mean over axes {axes:?}")));
        }
        let name = builder.fresh();
        let attributes = [("axes", Ints(vec![2, 3])), ("keepdims", Int(0))];
        builder.node("ReduceMean", &[&image.name], &name, &attributes);
        Ok(Computed { name, shape: vec![batch, channels] })
    }
}

/// Leaky rectifier with a slope per channel.
fn sloped(builder: &mut Builder, value: &Computed, slope: &Tensor) -> Result<Computed, ConvertError> {
    with_constant(builder, "PRelu", value, slope)
}

fn with_constant(
    builder: &mut Builder,
    operator: &str,
    value: &Computed,
    constant: &Tensor,
) -> Result<Computed, ConvertError> {
    let values = constant.floats()?;
    let per_channel = value.shape.get(1).copied();
    let shape = match (value.shape.len(), values.len()) {
        (_, 1) if constant.shape.is_empty() => vec![],
        (4, count) if Some(count) == per_channel && constant.shape.last() == per_channel.as_ref() => vec![count, 1, 1],
        _ => return Err(ConvertError::Shape(format!("{operator} of {:?} with {:?}", value.shape, constant.shape))),
    };
    let name = builder.fresh();
    let constant = builder.floats(&shape, values);
    builder.node(operator, &[&value.name, &constant], &name, &[]);
    Ok(Computed { name, shape: value.shape.clone() })
}

/// TensorFlow's order of values, where it differs from ours.
fn channels_last(builder: &mut Builder, value: Computed) -> Computed {
    let [batch, channels, height, width] = value.shape[..] else { return value };
    if channels == 1 || height * width == 1 {
        return value;
    }
    let name = builder.fresh();
    builder.node("Transpose", &[&value.name], &name, &[("perm", Ints(vec![0, 2, 3, 1]))]);
    Computed { name, shape: vec![batch, height, width, channels] }
}
