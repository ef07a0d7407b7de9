# The kernel as a Homebrew formula, from the repository's main branch:
#
#   brew install --HEAD ./install/homebrew/gosched.rb
class Gosched < Formula
  desc "Jupyter kernel for Go that makes concurrency something you can touch"
  homepage "https://github.com/gosched/gosched"
  head "https://github.com/gosched/gosched.git", branch: "main"

  depends_on "go" => :build

  def install
    ENV["CGO_ENABLED"] = "0"
    # What %leaks needs of Go 1.26, and later releases do not know any more.
    ENV["GOEXPERIMENT"] = "goroutineleakprofile" if Formula["go"].version < Version.new("1.27")
    system "go", "build", *std_go_args(ldflags: "-s -w"), "./cmd/gosched"
  end

  def caveats
    <<~EOS
      To have the kernel in your Jupyter:
        gosched install
    EOS
  end

  test do
    (testpath/"hello.ipynb").write <<~JSON
      {"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [],
        "source": ["fmt.Println(6 * 7)"]}],
       "metadata": {"kernelspec": {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}},
       "nbformat": 4, "nbformat_minor": 5}
    JSON
    assert_match "42", shell_output("#{bin}/gosched run hello.ipynb")
  end
end
