# Renders articles as Forem does (app/services/markdown_processor/parser.rb, app/services/html/parser.rb), with its
# options of Redcarpet: Markdown, sanitiser, Liquid, and Markdown once more. It does not embed, highlight or resize.
# The argument is a file with a JSON array of Markdown texts. Prints a JSON array of { "html": … } or { "error": … }.
require "json"
require "redcarpet"
require "liquid"
require "rails-html-sanitizer"

class ForemRenderer < Redcarpet::Render::HTML
  # A link in a link is text.
  def link(address, _title, content)
    content.match?(/<a\s/) ? nil : %(<a href="#{address}">#{content}</a>)
  end

  def header(title, level)
    "<h#{level}>\n<a name=\"x\" href=\"#x\" class=\"anchor\">\n</a>\n#{title}\n</h#{level}>\n"
  end

  def block_code(code, language)
    escaped = code.gsub("&", "&amp;").gsub("<", "&lt;").gsub(">", "&gt;")
    "<div class=\"highlight\"><pre class=\"highlight #{language || "plaintext"}\"><code>#{escaped}</code></pre></div>\n"
  end
end

EXTENSIONS = {
  autolink: true, no_intra_emphasis: true, fenced_code_blocks: true, lax_html_blocks: true, lax_spacing: true,
  strikethrough: true, superscript: false, tables: true, footnotes: true
}.freeze

# What the sanitiser keeps (RenderedMarkdownScrubber).
class Scrubber < Rails::HTML::PermitScrubber
  def initialize
    super
    self.tags = %w[
      a abbr add b blockquote br center cite code col colgroup dd del dl dt em figcaption h1 h2 h3 h4 h5 h6 hr img kbd
      li mark ol p pre q rp rt ruby small source span strong sub sup table tbody td tfoot th thead time tr u ul video
    ]
    self.attributes = %w[
      alt colspan data-conversation data-lang data-no-instant data-url href id loop name ref rel rowspan span src start
      title type value controls width height
    ]
  end

  def allowed_node?(node)
    tags.include?(node.name) || code_block?(node)
  end

  def scrub_attributes(node)
    return if node["class"]&.include?("highlight")

    node.attributes.each_value { |attribute| attribute.value = attribute.value.gsub(/\{%|%\}/, "") }
    super
  end

  private

  def code_block?(node)
    node.name == "div" && node.attributes.keys == ["class"] && node["class"] == "highlight" &&
      node.children.first&.name == "pre" && node.parent.name == "#document-fragment"
  end
end

# An article with a variable is refused.
module Liquid
  class Variable
    def initialize(*)
      raise StandardError, "Liquid variables are disabled"
    end
  end
end

SPAN = /`{2}.+?`{2}|`.+?`/m
BLOCK = /[[:space:]]*(?:~{3}.*?~{3}|`{3}.*?`{3})/m

# Code is text to Liquid. The expressions know nothing of Markdown: they take the next fence or backtick for the end.
def with_raw_code(markdown)
  markdown.gsub(Regexp.union(BLOCK, SPAN)) do |code|
    kept = code.gsub("{% endraw %}", "{----% endraw %----}").gsub("{% raw %}", "{----% raw %----}")
    kept.include?("```") ? "\n{% raw %}\n#{kept}\n{% endraw %}\n" : "{% raw %}#{kept}{% endraw %}"
  end
end

def refuse_scripts(markdown)
  prose = markdown.gsub(/(~{3}|`{3}|`{2}|`)[\s\S]*?\1/, "")
  raise ArgumentError, "Invalid markdown detected" if prose.match?(/src=["'](?:data|&)|data:text\/html[,;]/i)
end

# Forem parses the page again, and removes what hard line breaks and Liquid tags have left.
def cleaned(html)
  page = Nokogiri::HTML4.fragment(html)
  page.xpath(".//ul/br | .//ol/br | .//li/br | .//a[@class='anchor' or @name='x']").each(&:remove)
  page.css("p").each { |one| one.remove if one.children.all? { |child| child.name == "br" || (child.text? && child.text.strip == "") } }
  page.to_html.gsub("{----% raw %----}", "{% raw %}").gsub("{----% endraw %----}", "{% endraw %}")
end

def render(markdown)
  redcarpet = Redcarpet::Markdown.new(ForemRenderer.new(hard_wrap: true, filter_html: false), EXTENSIONS)
  refuse_scripts(markdown)
  html = redcarpet.render(with_raw_code(markdown))
  safe = Rails::HTML4::SafeListSanitizer.new.sanitize(html, scrubber: Scrubber.new)
  { html: cleaned(redcarpet.render(Liquid::Template.parse(safe).render)) }
rescue StandardError => error
  { error: error.message }
end

puts JSON.generate(JSON.parse(File.read(ARGV.fetch(0))).map { |markdown| render(markdown) })
