//! The shapes that all languages share: calls, annotations, bindings, texts and how texts are put together.
//!
//! Node kinds are those of the grammars of the `tree-sitter-*` crates. Where two languages use one word for two things,
//! the language decides; the rest is one table.

use std::sync::OnceLock;

use tree_sitter::Node;

use crate::language::Language;
use crate::tongue::grammar;

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape<'t> {
    /// A call, or the making of an object: what stands before `args` is called.
    Call { args: Option<Node<'t>>, more: Option<Node<'t>> },
    /// An annotation, attribute or decorator without a call of its own.
    Note { name: Node<'t>, args: Option<Node<'t>> },
    /// A class; its bases stand in `supers`.
    Class { name: Option<Node<'t>>, supers: Option<Node<'t>> },
    /// A name that is given a value.
    Bind { name: Node<'t>, value: Node<'t> },
    /// A literal text, with its interpolations.
    Text,
    /// Two operands; the text between them is the operator.
    Join { left: Node<'t>, right: Node<'t> },
    /// One of two.
    Choice { yes: Option<Node<'t>>, no: Node<'t> },
    /// `of[key]`.
    Index { of: Node<'t>, key: Node<'t> },
    /// A name, or names with dots between.
    Name,
    /// Only wraps another node.
    Wrap(Node<'t>),
    /// Nothing in it is looked at: comments, imports, what is thrown.
    Quiet,
    /// Anything else.
    Other,
}

/// The named children of a node that are no comments.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
}

/// The child in a field. The grammar is asked for the field's number once, not for each node.
pub(crate) fn field_of<'t>(language: Language, node: Node<'t>, name: &str) -> Option<Node<'t>> {
    let number = known(language).fields.iter().find(|(each, _)| *each == name)?.1;
    node.child_by_field_id(number)
}

/// The kind of a node. The grammar's words are asked for once, not for each node.
fn kind_of(language: Language, node: Node<'_>) -> &'static str {
    known(language).kinds.get(usize::from(node.kind_id())).map_or("ERROR", String::as_str)
}

/// A grammar's words.
struct Known {
    kinds: Vec<String>,
    fields: Vec<(&'static str, u16)>,
}

/// Fields that are asked for.
const FIELDS: [&str; 27] = [
    "arguments",
    "initializer",
    "body",
    "name",
    "superclasses",
    "superclass",
    "trait",
    "type",
    "left",
    "right",
    "value",
    "key",
    "property",
    "pattern",
    "field",
    "default_value",
    "alternative",
    "consequence",
    "condition",
    "parameters",
    "object",
    "receiver",
    "scope",
    "function",
    "declarator",
    "block",
    "operand",
];

fn known(language: Language) -> &'static Known {
    static KNOWN: [OnceLock<Known>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
    KNOWN[language as usize].get_or_init(|| {
        let grammar = grammar(language);
        let kinds =
            (0..grammar.node_kind_count() as u16).map(|id| grammar.node_kind_for_id(id).unwrap_or_default().to_owned());
        let fields = FIELDS.iter().filter_map(|name| Some((*name, grammar.field_id_for_name(name)?.get())));
        Known { kinds: kinds.collect(), fields: fields.collect() }
    })
}

fn of_kind<'t>(node: Node<'t>, kinds: &[&str]) -> Option<Node<'t>> {
    children(node).into_iter().find(|child| kinds.contains(&child.kind()))
}

/// Lists of this many children are taken whole; longer ones are data, not code.
const ONE: usize = 1;

fn only(node: Node<'_>) -> Option<Node<'_>> {
    (node.named_child_count() == ONE).then(|| node.named_child(0)).flatten()
}

fn bind<'t>(name: Option<Node<'t>>, value: Option<Node<'t>>) -> Shape<'t> {
    match (name, value) {
        (Some(name), Some(value)) => Shape::Bind { name, value },
        _ => Shape::Other,
    }
}

/// What a node is.
pub(crate) fn shape(language: Language, node: Node<'_>) -> Shape<'_> {
    let kind = kind_of(language, node);
    let field = |node, name: &'static str| field_of(language, node, name);
    match kind {
        "call_expression" if language == Language::Kotlin => {
            let args = of_kind(node, &["value_arguments"]);
            Shape::Call { args: args.or_else(|| of_kind(node, &["annotated_lambda"])), more: None }
        }
        "call_expression"
        | "method_invocation"
        | "invocation_expression"
        | "new_expression"
        | "call"
        | "object_creation_expression"
        | "function_call_expression"
        | "member_call_expression"
        | "nullsafe_member_call_expression"
        | "scoped_call_expression" => Shape::Call {
            args: field(node, "arguments").or_else(|| of_kind(node, &["arguments", "argument_list"])),
            more: field(node, "initializer"),
        },
        "composite_literal" => Shape::Call { args: field(node, "body"), more: None },
        "struct_expression" => Shape::Call { args: field(node, "body"), more: None },
        "macro_invocation" => Shape::Call { args: of_kind(node, &["token_tree"]), more: None },
        "constructor_invocation" if language == Language::Kotlin => match of_kind(node, &["user_type"]) {
            Some(name) if node.parent().is_some_and(|parent| parent.kind() == "annotation") => {
                Shape::Note { name, args: of_kind(node, &["value_arguments"]) }
            }
            _ => Shape::Call { args: of_kind(node, &["value_arguments"]), more: None },
        },
        "annotation" if language == Language::Kotlin => match of_kind(node, &["user_type"]) {
            Some(name) => Shape::Note { name, args: None },
            None => Shape::Other,
        },
        "annotation" | "marker_annotation" => note(field(node, "name"), field(node, "arguments")),
        "attribute" if language == Language::Python => Shape::Name,
        "attribute" => {
            let name = field(node, "name").or_else(|| node.named_child(0));
            let args = of_kind(node, &["attribute_argument_list", "token_tree", "arguments"]);
            note(name, field(node, "arguments").or(args))
        }
        "decorator" => match only(node) {
            Some(inner) if !inner.kind().starts_with("call") => Shape::Note { name: inner, args: None },
            _ => Shape::Other,
        },
        "class_declaration" | "class_definition" | "class" | "record_declaration" | "impl_item"
        | "object_declaration" => {
            let supers = field(node, "superclasses").or_else(|| {
                of_kind(
                    node,
                    &[
                        "superclass",
                        "base_list",
                        "class_heritage",
                        "delegation_specifiers",
                        "base_clause",
                        "super_interfaces",
                    ],
                )
            });
            let supers = field(node, "superclass").or(supers).or_else(|| field(node, "trait"));
            Shape::Class { name: field(node, "name").or_else(|| field(node, "type")), supers }
        }
        "short_var_declaration" | "assignment_statement" => {
            let first = |name: &'static str| field(node, name).and_then(|list| list.named_child(0));
            bind(first("left"), first("right"))
        }
        "const_spec" | "var_spec" => {
            bind(field(node, "name"), field(node, "value").and_then(|list| list.named_child(0)))
        }
        "keyed_element" | "element_value_pair" => bind(field(node, "key"), field(node, "value")),
        "pair" if language == Language::Ruby => bind(field(node, "key"), field(node, "value")),
        "pair" => bind(field(node, "key"), field(node, "value")),
        "variable_declarator" if language == Language::CSharp => {
            let value = children(node).into_iter().next_back().filter(|last| Some(*last) != field(node, "name"));
            bind(field(node, "name"), value)
        }
        "variable_declarator"
        | "property_declaration"
        | "const_item"
        | "static_item"
        | "keyword_argument"
        | "default_parameter"
        | "typed_default_parameter"
        | "field_definition"
        | "public_field_definition"
            if language != Language::Kotlin =>
        {
            bind(field(node, "name").or_else(|| field(node, "property")), field(node, "value"))
        }
        "property_declaration" => {
            let declared = of_kind(node, &["variable_declaration"]);
            let name = declared.and_then(|declared| declared.named_child(0)).or(declared);
            let value = children(node).into_iter().next_back();
            let skipped = ["variable_declaration", "getter", "setter", "type_constraints", "property_delegate"];
            bind(name, value.filter(|last| Some(*last) != declared && !skipped.contains(&last.kind())))
        }
        "assignment_expression"
        | "assignment"
        | "operator_assignment"
        | "augmented_assignment"
        | "assignment_pattern" => bind(field(node, "left").or_else(|| node.named_child(0)), field(node, "right")),
        "let_declaration" => bind(field(node, "pattern"), field(node, "value")),
        "field_initializer" => bind(field(node, "field"), field(node, "value")),
        "const_element" => bind(node.named_child(0), node.named_child(1)),
        "property_element" => bind(node.named_child(0), field(node, "default_value")),
        "array_element_initializer" if node.named_child_count() == 2 => bind(node.named_child(0), node.named_child(1)),
        "string"
        | "string_literal"
        | "interpreted_string_literal"
        | "raw_string_literal"
        | "template_string"
        | "encapsed_string"
        | "interpolated_string_expression"
        | "verbatim_string_literal"
        | "heredoc"
        | "multiline_string_literal"
        | "text_block" => Shape::Text,
        "binary_expression"
        | "binary_operator"
        | "boolean_operator"
        | "binary"
        | "elvis_expression"
        | "additive_expression" => {
            let (left, right) = (field(node, "left"), field(node, "right"));
            match (left, right) {
                (Some(left), Some(right)) => Shape::Join { left, right },
                _ => Shape::Other,
            }
        }
        "ternary_expression" | "conditional_expression" if language == Language::Python => match children(node)[..] {
            [yes, _, no] => Shape::Choice { yes: Some(yes), no },
            _ => Shape::Other,
        },
        "ternary_expression" | "conditional_expression" | "conditional" => match field(node, "alternative") {
            Some(no) => Shape::Choice {
                yes: field(node, "consequence").or_else(|| field(node, "body")).or_else(|| field(node, "condition")),
                no,
            },
            None => Shape::Other,
        },
        "subscript_expression"
        | "subscript"
        | "element_access_expression"
        | "element_reference"
        | "index_expression" => {
            let all = children(node);
            match (all.first(), all.get(1)) {
                (Some(of), Some(key)) => Shape::Index { of: *of, key: *key },
                _ => Shape::Other,
            }
        }
        "identifier"
        | "field_identifier"
        | "property_identifier"
        | "member_expression"
        | "selector_expression"
        | "field_access"
        | "member_access_expression"
        | "navigation_expression"
        | "scoped_identifier"
        | "field_expression"
        | "constant"
        | "scope_resolution"
        | "variable_name"
        | "name"
        | "instance_variable"
        | "class_constant_access_expression"
        | "member_access"
        | "qualified_name"
        | "simple_identifier"
        | "this_expression"
        | "global_variable"
        | "member_access_expression_php" => Shape::Name,
        "parenthesized_expression"
        | "await_expression"
        | "await"
        | "argument"
        | "value_argument"
        | "attribute_argument"
        | "literal_element"
        | "reference_expression"
        | "unary_expression"
        | "as_expression"
        | "non_null_expression"
        | "satisfies_expression"
        | "parenthesized_statements"
        | "try_expression"
        | "array_element_initializer"
        | "prefix_expression"
        | "cast_expression"
        | "postfix_unary_expression"
        | "not_null_assertion"
        | "spread_element"
        | "type_conversion_expression" => {
            let all = children(node);
            let inner = match kind {
                "as_expression" | "satisfies_expression" => all.first(),
                _ => all.last(),
            };
            inner.map_or(Shape::Other, |inner| Shape::Wrap(*inner))
        }
        "import_statement"
        | "import_declaration"
        | "import_from_statement"
        | "using_directive"
        | "package_declaration"
        | "package_clause"
        | "import_header"
        | "import"
        | "use_declaration"
        | "namespace_use_declaration"
        | "throw_statement"
        | "throw_expression"
        | "raise_statement"
        | "package_header"
        | "comment"
        | "line_comment"
        | "block_comment"
        | "multiline_comment"
        | "type_annotation"
        | "assert_statement"
        | "jsx_text" => Shape::Quiet,
        _ => Shape::Other,
    }
}

fn note<'t>(name: Option<Node<'t>>, args: Option<Node<'t>>) -> Shape<'t> {
    name.map_or(Shape::Other, |name| Shape::Note { name, args })
}
